SELECT
  `t0`.`x`,
  COUNT(*) AS `n`,
  MIN(`t0`.`value`) AS `low`,
  MAX(`t0`.`value`) AS `high`
FROM `binned` AS `t0`
GROUP BY
  1
