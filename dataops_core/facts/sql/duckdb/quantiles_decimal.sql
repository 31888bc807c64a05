SELECT
  MIN("t2"."value") FILTER(WHERE
    "t2"."reached" > CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.01) AS BIGINT)) AS "low_0.01",
  MIN("t2"."value") FILTER(WHERE
    (
      "t2"."reached" > (
        CAST(FLOOR((
          "t2"."total" - 1
        ) * 0.01) AS BIGINT) + 1
      )
    )
    OR (
      "t2"."reached" = "t2"."total"
    )) AS "high_0.01",
  MAX(
    (
      (
        "t2"."total" - 1
      ) * 0.01
    ) - CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.01) AS BIGINT)
  ) AS "part_0.01",
  MIN("t2"."value") FILTER(WHERE
    "t2"."reached" > CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.05) AS BIGINT)) AS "low_0.05",
  MIN("t2"."value") FILTER(WHERE
    (
      "t2"."reached" > (
        CAST(FLOOR((
          "t2"."total" - 1
        ) * 0.05) AS BIGINT) + 1
      )
    )
    OR (
      "t2"."reached" = "t2"."total"
    )) AS "high_0.05",
  MAX(
    (
      (
        "t2"."total" - 1
      ) * 0.05
    ) - CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.05) AS BIGINT)
  ) AS "part_0.05",
  MIN("t2"."value") FILTER(WHERE
    "t2"."reached" > CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.25) AS BIGINT)) AS "low_0.25",
  MIN("t2"."value") FILTER(WHERE
    (
      "t2"."reached" > (
        CAST(FLOOR((
          "t2"."total" - 1
        ) * 0.25) AS BIGINT) + 1
      )
    )
    OR (
      "t2"."reached" = "t2"."total"
    )) AS "high_0.25",
  MAX(
    (
      (
        "t2"."total" - 1
      ) * 0.25
    ) - CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.25) AS BIGINT)
  ) AS "part_0.25",
  MIN("t2"."value") FILTER(WHERE
    "t2"."reached" > CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.5) AS BIGINT)) AS "low_0.5",
  MIN("t2"."value") FILTER(WHERE
    (
      "t2"."reached" > (
        CAST(FLOOR((
          "t2"."total" - 1
        ) * 0.5) AS BIGINT) + 1
      )
    )
    OR (
      "t2"."reached" = "t2"."total"
    )) AS "high_0.5",
  MAX(
    (
      (
        "t2"."total" - 1
      ) * 0.5
    ) - CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.5) AS BIGINT)
  ) AS "part_0.5",
  MIN("t2"."value") FILTER(WHERE
    "t2"."reached" > CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.75) AS BIGINT)) AS "low_0.75",
  MIN("t2"."value") FILTER(WHERE
    (
      "t2"."reached" > (
        CAST(FLOOR((
          "t2"."total" - 1
        ) * 0.75) AS BIGINT) + 1
      )
    )
    OR (
      "t2"."reached" = "t2"."total"
    )) AS "high_0.75",
  MAX(
    (
      (
        "t2"."total" - 1
      ) * 0.75
    ) - CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.75) AS BIGINT)
  ) AS "part_0.75",
  MIN("t2"."value") FILTER(WHERE
    "t2"."reached" > CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.95) AS BIGINT)) AS "low_0.95",
  MIN("t2"."value") FILTER(WHERE
    (
      "t2"."reached" > (
        CAST(FLOOR((
          "t2"."total" - 1
        ) * 0.95) AS BIGINT) + 1
      )
    )
    OR (
      "t2"."reached" = "t2"."total"
    )) AS "high_0.95",
  MAX(
    (
      (
        "t2"."total" - 1
      ) * 0.95
    ) - CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.95) AS BIGINT)
  ) AS "part_0.95",
  MIN("t2"."value") FILTER(WHERE
    "t2"."reached" > CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.99) AS BIGINT)) AS "low_0.99",
  MIN("t2"."value") FILTER(WHERE
    (
      "t2"."reached" > (
        CAST(FLOOR((
          "t2"."total" - 1
        ) * 0.99) AS BIGINT) + 1
      )
    )
    OR (
      "t2"."reached" = "t2"."total"
    )) AS "high_0.99",
  MAX(
    (
      (
        "t2"."total" - 1
      ) * 0.99
    ) - CAST(FLOOR((
      "t2"."total" - 1
    ) * 0.99) AS BIGINT)
  ) AS "part_0.99"
FROM (
  SELECT
    "t1"."value",
    "t1"."n",
    SUM("t1"."n") OVER (ORDER BY "t1"."value" ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS "reached",
    SUM("t1"."n") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "total"
  FROM (
    SELECT
      *
    FROM "cells" AS "t0"
    WHERE
      "t0"."value" BETWEEN -1.7976931348623157E+308 AND 1.7976931348623157e+308
  ) AS "t1"
) AS "t2"
