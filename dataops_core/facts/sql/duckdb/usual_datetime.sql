SELECT
  *
FROM "steps" AS "t0"
ORDER BY
  "t0"."n" DESC,
  "t0"."step" ASC
LIMIT 1
