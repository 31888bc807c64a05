SELECT
  "t3"."step",
  COUNT(*) AS "n",
  MIN("t3"."at") AS "at"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t1"."value",
      "t1"."n",
      "t1"."value" - LAG("t1"."value") OVER (
        ORDER BY "t1"."value" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) AS "step",
      "t1"."value" AS "at"
    FROM (
      SELECT
        DATE_DIFF('MICROSECOND', MAKE_TIMESTAMP(1970, 1, 1, 0, 0, 0.0), "t0"."value") AS "value",
        "t0"."n"
      FROM "cells" AS "t0"
      WHERE
        "t0"."value" IS NOT NULL
    ) AS "t1"
  ) AS "t2"
  WHERE
    "t2"."step" > 0
) AS "t3"
GROUP BY
  1
