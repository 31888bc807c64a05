SELECT
  MIN("t0"."x") AS "first",
  MAX("t0"."x") AS "last"
FROM "pair" AS "t0"
