SELECT
  *
FROM `cells` AS `t0`
WHERE
  `t0`.`value` IS NOT NULL AND NOT ISNAN(`t0`.`value`)
ORDER BY
  `t0`.`n` DESC,
  `t0`.`value` ASC NULLS LAST
LIMIT 10
