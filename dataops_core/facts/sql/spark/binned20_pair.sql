SELECT
  CAST(CAST(FLOOR(
    (
      (
        RANK() OVER (ORDER BY `t1`.`x` ASC NULLS LAST) - 1
      ) * 20
    ) / COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
  ) AS BIGINT) AS STRING) AS `x`,
  `t1`.`y`,
  `t1`.`x` AS `value`
FROM (
  SELECT
    *
  FROM `pair` AS `t0`
  WHERE
    `t0`.`x` IS NOT NULL AND NOT ISNAN(`t0`.`x`)
) AS `t1`
