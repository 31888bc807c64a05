SELECT
  "t6"."bin",
  SUM("t6"."n") AS "n"
FROM (
  SELECT
    "t5"."value",
    "t5"."n",
    "t5"."low",
    "t5"."high",
    CASE
      WHEN "t5"."value" < "t5"."low"
      THEN -1
      WHEN "t5"."value" > "t5"."high"
      THEN 50
      ELSE LEAST(
        CAST(FLOOR(
          (
            (
              "t5"."value" - "t5"."low"
            ) / (
              "t5"."high" - "t5"."low"
            )
          ) * 50
        ) AS BIGINT),
        49
      )
    END AS "bin"
  FROM (
    SELECT
      "t4"."value",
      "t4"."n",
      "t2"."low",
      "t2"."high"
    FROM (
      SELECT
        DATE_DIFF('MICROSECOND', MAKE_TIMESTAMP(1970, 1, 1, 0, 0, 0.0), "t0"."value") AS "value",
        "t0"."n"
      FROM "cells" AS "t0"
      WHERE
        "t0"."value" IS NOT NULL
    ) AS "t4"
    CROSS JOIN "bounds" AS "t2"
  ) AS "t5"
) AS "t6"
GROUP BY
  1
