SELECT
  MIN(LENGTH(`t1`.`value`)) AS `shortest`,
  MAX(LENGTH(`t1`.`value`)) AS `longest`,
  SUM(LENGTH(`t1`.`value`) * `t1`.`n`) / SUM(`t1`.`n`) AS `mean_length`,
  SUM(IF(LENGTH(`t1`.`value`) = 0, `t1`.`n`, NULL)) AS `empty`
FROM (
  SELECT
    *
  FROM `cells` AS `t0`
  WHERE
    `t0`.`value` IS NOT NULL
) AS `t1`
