SELECT
  *
FROM (
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
          CAST(EPOCH(CAST("t0"."value" AS TIMESTAMP)) AS DOUBLE) AS "value",
          "t0"."n"
        FROM "cells" AS "t0"
        WHERE
          "t0"."value" IS NOT NULL
      ) AS "t1"
    ) AS "t2"
    WHERE
      "t2"."step" IS NOT NULL
  ) AS "t3"
  GROUP BY
    1
) AS "t4"
ORDER BY
  "t4"."step" DESC
LIMIT 10000
