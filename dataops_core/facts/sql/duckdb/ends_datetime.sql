SELECT
  MIN("t0"."value") AS "min",
  MAX("t0"."value") AS "max"
FROM "cells" AS "t0"
