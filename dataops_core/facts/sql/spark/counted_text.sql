SELECT
  `t0`.`value`,
  COUNT(*) AS `n`
FROM `source` AS `t0`
GROUP BY
  1
