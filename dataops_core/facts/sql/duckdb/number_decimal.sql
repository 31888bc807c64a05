WITH "t1" AS (
  SELECT
    *
  FROM "cells" AS "t0"
  WHERE
    "t0"."value" BETWEEN -1.7976931348623157E+308 AND 1.7976931348623157e+308
)
SELECT
  "t13"."finite",
  "t13"."mean",
  "t13"."min",
  "t13"."max",
  "t13"."zeros",
  "t13"."negatives",
  "t13"."m2",
  "t13"."m3",
  "t13"."m4",
  "t4"."present"
FROM (
  SELECT
    SUM("t11"."n") AS "finite",
    MAX("t11"."mean") AS "mean",
    MIN("t11"."value") AS "min",
    MAX("t11"."value") AS "max",
    SUM("t11"."n") FILTER(WHERE
      "t11"."value" = 0) AS "zeros",
    SUM("t11"."n") FILTER(WHERE
      "t11"."value" < 0) AS "negatives",
    SUM(
      "t11"."n" * (
        "t11"."value" - "t11"."mean"
      ) * (
        "t11"."value" - "t11"."mean"
      )
    ) AS "m2",
    SUM(
      "t11"."n" * (
        "t11"."value" - "t11"."mean"
      ) * (
        "t11"."value" - "t11"."mean"
      ) * (
        "t11"."value" - "t11"."mean"
      )
    ) AS "m3",
    SUM(
      "t11"."n" * (
        "t11"."value" - "t11"."mean"
      ) * (
        "t11"."value" - "t11"."mean"
      ) * (
        "t11"."value" - "t11"."mean"
      ) * (
        "t11"."value" - "t11"."mean"
      )
    ) AS "m4"
  FROM (
    SELECT
      "t5"."value",
      "t5"."n",
      "t10"."count",
      "t10"."mean"
    FROM "t1" AS "t5"
    CROSS JOIN (
      SELECT
        MAX("t8"."count") AS "count",
        MAX("t8"."about") + (
          SUM("t8"."n" * (
            "t8"."value" - "t8"."about"
          )) / MAX("t8"."count")
        ) AS "mean"
      FROM (
        SELECT
          "t5"."value",
          "t5"."n",
          "t7"."count",
          "t7"."about"
        FROM "t1" AS "t5"
        CROSS JOIN (
          SELECT
            SUM("t3"."n") AS "count",
            SUM("t3"."n" * "t3"."value") / SUM("t3"."n") AS "about"
          FROM "t1" AS "t3"
        ) AS "t7"
      ) AS "t8"
    ) AS "t10"
  ) AS "t11"
) AS "t13"
CROSS JOIN (
  SELECT
    SUM("t0"."n") FILTER(WHERE
      "t0"."value" IS NOT NULL) AS "present"
  FROM "cells" AS "t0"
) AS "t4"
