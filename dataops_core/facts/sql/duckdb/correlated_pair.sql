WITH "t1" AS (
  SELECT
    *
  FROM "pair" AS "t0"
  WHERE
    "t0"."x" IS NOT NULL AND "t0"."y" IS NOT NULL
)
SELECT
  COUNT(*) AS "n",
  SUM((
    "t6"."x" - "t6"."mean_x"
  ) * (
    "t6"."x" - "t6"."mean_x"
  )) AS "xx",
  SUM((
    "t6"."y" - "t6"."mean_y"
  ) * (
    "t6"."y" - "t6"."mean_y"
  )) AS "yy",
  SUM((
    "t6"."x" - "t6"."mean_x"
  ) * (
    "t6"."y" - "t6"."mean_y"
  )) AS "xy",
  SUM("t6"."x" - "t6"."mean_x") AS "dx",
  SUM("t6"."y" - "t6"."mean_y") AS "dy"
FROM (
  SELECT
    "t3"."x",
    "t3"."y",
    "t5"."count",
    "t5"."mean_x",
    "t5"."mean_y"
  FROM "t1" AS "t3"
  CROSS JOIN (
    SELECT
      COUNT(*) AS "count",
      AVG("t2"."x") AS "mean_x",
      AVG("t2"."y") AS "mean_y"
    FROM "t1" AS "t2"
  ) AS "t5"
) AS "t6"
