WITH `t2` AS (
  SELECT
    CAST(RANK() OVER (ORDER BY `t1`.`x` ASC NULLS LAST) - 1 AS DOUBLE) + (
      (
        CAST(COUNT(`t1`.`x`) OVER (PARTITION BY `t1`.`x` ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS DOUBLE) - 1
      ) / 2
    ) AS `x`,
    CAST(RANK() OVER (ORDER BY `t1`.`y` ASC NULLS LAST) - 1 AS DOUBLE) + (
      (
        CAST(COUNT(`t1`.`y`) OVER (PARTITION BY `t1`.`y` ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS DOUBLE) - 1
      ) / 2
    ) AS `y`
  FROM (
    SELECT
      *
    FROM `pair` AS `t0`
    WHERE
      (
        `t0`.`x` IS NOT NULL AND NOT ISNAN(`t0`.`x`)
      )
      AND (
        `t0`.`y` IS NOT NULL AND NOT ISNAN(`t0`.`y`)
      )
  ) AS `t1`
)
SELECT
  COUNT(*) AS `n`,
  SUM((
    `t7`.`x` - `t7`.`mean_x`
  ) * (
    `t7`.`x` - `t7`.`mean_x`
  )) AS `xx`,
  SUM((
    `t7`.`y` - `t7`.`mean_y`
  ) * (
    `t7`.`y` - `t7`.`mean_y`
  )) AS `yy`,
  SUM((
    `t7`.`x` - `t7`.`mean_x`
  ) * (
    `t7`.`y` - `t7`.`mean_y`
  )) AS `xy`,
  SUM(`t7`.`x` - `t7`.`mean_x`) AS `dx`,
  SUM(`t7`.`y` - `t7`.`mean_y`) AS `dy`
FROM (
  SELECT
    `t4`.`x`,
    `t4`.`y`,
    `t6`.`count`,
    `t6`.`mean_x`,
    `t6`.`mean_y`
  FROM `t2` AS `t4`
  CROSS JOIN (
    SELECT
      COUNT(*) AS `count`,
      AVG(`t3`.`x`) AS `mean_x`,
      AVG(`t3`.`y`) AS `mean_y`
    FROM `t2` AS `t3`
  ) AS `t6`
) AS `t7`
