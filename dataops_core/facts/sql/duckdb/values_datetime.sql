SELECT
  SUM("t5"."n") AS "rows",
  SUM("t5"."n") FILTER(WHERE
    NOT (
      "t5"."value" IS NOT NULL
    )) AS "missing",
  COUNT("t5"."value") AS "distinct",
  COUNT("t5"."value") FILTER(WHERE
    "t5"."n" = 1) AS "singles",
  -(
    SUM((
      "t5"."n" / "t5"."present"
    ) * LOG(2, "t5"."n" / "t5"."present")) FILTER(WHERE
      "t5"."value" IS NOT NULL)
  ) AS "entropy"
FROM (
  SELECT
    "t1"."value",
    "t1"."n",
    "t4"."present"
  FROM "cells" AS "t1"
  CROSS JOIN (
    SELECT
      SUM("t2"."n") AS "present"
    FROM (
      SELECT
        *
      FROM "cells" AS "t0"
      WHERE
        "t0"."value" IS NOT NULL
    ) AS "t2"
  ) AS "t4"
) AS "t5"
