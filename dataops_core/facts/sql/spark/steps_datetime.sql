SELECT
  `t3`.`step`,
  COUNT(*) AS `n`,
  MIN(`t3`.`at`) AS `at`
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t1`.`value`,
      `t1`.`n`,
      `t1`.`value` - LAG(`t1`.`value`) OVER (ORDER BY `t1`.`value` ASC NULLS LAST) AS `step`,
      `t1`.`value` AS `at`
    FROM (
      SELECT
        DATEDIFF(MICROSECOND, CAST('1970-01-01T00:00:00' AS TIMESTAMP), `t0`.`value`) AS `value`,
        `t0`.`n`
      FROM `cells` AS `t0`
      WHERE
        `t0`.`value` IS NOT NULL
    ) AS `t1`
  ) AS `t2`
  WHERE
    `t2`.`step` > 0
) AS `t3`
GROUP BY
  1
