SELECT
  SUM(CAST((
    `t0`.`x` IS NULL
  ) AND (
    `t0`.`y` IS NULL
  ) AS BIGINT)) AS `both`,
  SUM(CAST((
    `t0`.`x` IS NULL
  ) AND NOT (
    `t0`.`y` IS NULL
  ) AS BIGINT)) AS `x_only`,
  SUM(CAST(NOT (
    `t0`.`x` IS NULL
  ) AND (
    `t0`.`y` IS NULL
  ) AS BIGINT)) AS `y_only`,
  SUM(CAST(NOT (
    `t0`.`x` IS NULL
  ) AND NOT (
    `t0`.`y` IS NULL
  ) AS BIGINT)) AS `neither`
FROM `pair` AS `t0`
