SELECT
  `t0`.`x`,
  `t0`.`y`,
  COUNT(*) AS `n`
FROM `pair` AS `t0`
GROUP BY
  1,
  2
