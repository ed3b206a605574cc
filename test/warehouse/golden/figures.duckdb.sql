SELECT CAST("d" - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n,
  CAST(count(*) AS DOUBLE) AS f0,
  CAST(count(*) - count("select") AS DOUBLE) AS f1,
  CAST(count("points") AS DOUBLE) AS f2,
  CAST(count(*) FILTER (WHERE ("game_id" IS NULL OR "player" IS NULL)) AS DOUBLE) AS f3,
  CAST(count(*) FILTER (WHERE "usage" IS NULL AND (
minutes > 0
) IS TRUE) AS DOUBLE) AS f4,
  CAST(count(*) FILTER (WHERE (
paint + mid <= fga + 1
) IS FALSE) AS DOUBLE) AS f5,
  CAST(count(*) FILTER (WHERE (
paint + mid <= fga + 1
) IS NULL) AS DOUBLE) AS f6,
  CAST(count(*) FILTER (WHERE ("points" < $p0 OR "points" > $p1)) AS DOUBLE) AS f7,
  CAST(count(*) FILTER (WHERE (TRY_CAST("note" AS DOUBLE) > $p2)) AS DOUBLE) AS f8,
  CAST(count("note") - count(TRY_CAST("note" AS DOUBLE)) AS DOUBLE) AS f9,
  CAST(count("note") - count(TRY_CAST("note" AS DATE)) AS DOUBLE) AS f10,
  CAST(count("note") - count((epoch_us(CASE WHEN regexp_matches("note", '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$') AND regexp_matches("note", ':') THEN TRY_CAST("note" AS TIMESTAMPTZ) ELSE timezone('UTC', TRY_CAST("note" AS TIMESTAMP)) END) / 1000.0)) AS DOUBLE) AS f11,
  CAST(min("points") AS DOUBLE) AS f12,
  CAST(max(TRY_CAST("note" AS DOUBLE)) FILTER (WHERE "points" IS NOT NULL) AS DOUBLE) AS f13,
  CAST(max((epoch_us(timezone('America/New_York', CAST("written" AS TIMESTAMP))) / 1000.0)) AS DOUBLE) AS f14,
  CAST(sum("points") FILTER (WHERE (
minutes > 0
) IS TRUE) AS DOUBLE) AS f15,
  CAST(count(DISTINCT ("game_id", 0)) AS DOUBLE) AS f16,
  CAST(count(DISTINCT ("game_id", "player")) FILTER (WHERE "points" IS NOT NULL) AS DOUBLE) AS f17,
  CAST(list_max(map_values(histogram("points"))) AS DOUBLE) AS f18,
  CAST(sum(hash("d", "fga", "game_id", "mid", "minutes", "note", "paint", "player", "points", "select", "usage") % 4294967296) AS DOUBLE) AS f19,
  CAST(list_max(map_values(histogram("points") FILTER (WHERE (
minutes > 0
) IS TRUE))) AS DOUBLE) AS f20,
  CAST(min(CASE WHEN "game_id" IS NOT NULL THEN hash("game_id") >> 11 END) AS DOUBLE) AS f21,
  CAST(max(CASE WHEN "points" IS NOT NULL THEN hash("points") >> 11 END) FILTER (WHERE (
minutes > 0
) IS TRUE) AS DOUBLE) AS f22,
  CAST(count(*) FILTER (WHERE ("points" IN ($p0, $p3))) AS DOUBLE) AS f23,
  CAST(count(*) FILTER (WHERE (CAST("note" AS VARCHAR) IN ($p4, $p5) OR TRY_CAST("note" AS DOUBLE) IN ($p0))) AS DOUBLE) AS f24,
  CAST(count(*) FILTER (WHERE ("game_id" IS NOT NULL AND NOT regexp_full_match(CAST("game_id" AS VARCHAR), $p6))) AS DOUBLE) AS f25
FROM "t"
GROUP BY 1
-- p0: number 0, p1: number 100, p2: number 5, p3: number 4.27, p4: text unknown, p5: text n/a, p6: text 00[0-9]{8}
