SELECT
  DATE_TRUNC('DAY', "t0"."x") AS "x",
  "t0"."y"
FROM "pair" AS "t0"
WHERE
  "t0"."x" IS NOT NULL
