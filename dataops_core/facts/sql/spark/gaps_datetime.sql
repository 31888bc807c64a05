SELECT
  *
FROM `steps` AS `t0`
ORDER BY
  `t0`.`step` DESC
LIMIT 1
