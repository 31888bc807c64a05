SELECT
  PERCENTILE(`t1`.`value`, 0.01) AS `0.01`,
  PERCENTILE(`t1`.`value`, 0.05) AS `0.05`,
  PERCENTILE(`t1`.`value`, 0.25) AS `0.25`,
  PERCENTILE(`t1`.`value`, 0.5) AS `0.5`,
  PERCENTILE(`t1`.`value`, 0.75) AS `0.75`,
  PERCENTILE(`t1`.`value`, 0.95) AS `0.95`,
  PERCENTILE(`t1`.`value`, 0.99) AS `0.99`
FROM (
  SELECT
    *
  FROM `source` AS `t0`
  WHERE
    `t0`.`value` BETWEEN -1.7976931348623157E+308 AND 1.7976931348623157e+308
) AS `t1`
