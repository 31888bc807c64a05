SELECT
  SUM(`t1`.`n`) AS `looked_at`,
  SUM(IF(`t1`.`value` RLIKE '\\p{L}', `t1`.`n`, NULL)) AS `letters`,
  SUM(IF(`t1`.`value` RLIKE '[0-9]', `t1`.`n`, NULL)) AS `digits`,
  SUM(IF(`t1`.`value` RLIKE '[\\t\\n\\f\\r ]', `t1`.`n`, NULL)) AS `spaces`,
  SUM(IF(`t1`.`value` RLIKE '[^\\p{L}\\p{M}0-9\\t\\n\\f\\r ]', `t1`.`n`, NULL)) AS `signs`,
  SUM(IF(`t1`.`value` RLIKE '[^\\x00-\\x7F]', `t1`.`n`, NULL)) AS `beyond_ascii`,
  SUM(IF(`t1`.`value` RLIKE '\\p{Lu}', `t1`.`n`, NULL)) AS `capitals`
FROM (
  SELECT
    *
  FROM `cells` AS `t0`
  WHERE
    `t0`.`value` IS NOT NULL
) AS `t1`
