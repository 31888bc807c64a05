SELECT
  COUNT(*) AS "rows",
  COUNT("t0"."value") AS "present",
  APPROX_COUNT_DISTINCT("t0"."value") AS "distinct"
FROM "source" AS "t0"
