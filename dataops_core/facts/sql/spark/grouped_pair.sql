SELECT
  `t4`.`x`,
  COUNT(*) AS `n`,
  COUNT(`t4`.`y`) AS `there`,
  MAX(`t4`.`about`) AS `about`,
  SUM(`t4`.`y` - `t4`.`about`) AS `s1`,
  SUM((
    `t4`.`y` - `t4`.`about`
  ) * (
    `t4`.`y` - `t4`.`about`
  )) AS `s2`
FROM (
  SELECT
    `t1`.`x`,
    `t1`.`y`,
    `t3`.`about`
  FROM `pair` AS `t1`
  CROSS JOIN (
    SELECT
      AVG(`t0`.`y`) AS `about`
    FROM `pair` AS `t0`
  ) AS `t3`
) AS `t4`
GROUP BY
  1
