SELECT
  COUNT(*) FILTER(WHERE
    (
      "t0"."x" IS NULL
    ) AND (
      "t0"."y" IS NULL
    )) AS "both",
  COUNT(*) FILTER(WHERE
    (
      "t0"."x" IS NULL
    ) AND NOT (
      "t0"."y" IS NULL
    )) AS "x_only",
  COUNT(*) FILTER(WHERE
    NOT (
      "t0"."x" IS NULL
    ) AND (
      "t0"."y" IS NULL
    )) AS "y_only",
  COUNT(*) FILTER(WHERE
    NOT (
      "t0"."x" IS NULL
    ) AND NOT (
      "t0"."y" IS NULL
    )) AS "neither"
FROM "pair" AS "t0"
