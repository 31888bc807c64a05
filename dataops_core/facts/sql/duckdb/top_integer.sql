SELECT
  *
FROM "cells" AS "t0"
WHERE
  "t0"."value" IS NOT NULL
ORDER BY
  "t0"."n" DESC,
  "t0"."value" ASC
LIMIT 10
