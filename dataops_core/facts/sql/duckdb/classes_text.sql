SELECT
  SUM("t1"."n") AS "looked_at",
  SUM("t1"."n") FILTER(WHERE
    REGEXP_MATCHES("t1"."value", '\p{L}')) AS "letters",
  SUM("t1"."n") FILTER(WHERE
    REGEXP_MATCHES("t1"."value", '[0-9]')) AS "digits",
  SUM("t1"."n") FILTER(WHERE
    REGEXP_MATCHES("t1"."value", '[\t\n\f\r ]')) AS "spaces",
  SUM("t1"."n") FILTER(WHERE
    REGEXP_MATCHES("t1"."value", '[^\p{L}\p{M}0-9\t\n\f\r ]')) AS "signs",
  SUM("t1"."n") FILTER(WHERE
    REGEXP_MATCHES("t1"."value", '[^\x00-\x7F]')) AS "beyond_ascii",
  SUM("t1"."n") FILTER(WHERE
    REGEXP_MATCHES("t1"."value", '\p{Lu}')) AS "capitals"
FROM (
  SELECT
    *
  FROM "cells" AS "t0"
  WHERE
    "t0"."value" IS NOT NULL
) AS "t1"
