-- The figures of test/fixtures/nba-gamelogs as one query written by hand, with the same casts: what measuring is compared with.
SELECT TRY_CAST(GAME_DATE AS DATE) AS d, count(*), count(DISTINCT (GAME_ID, PLAYER_ID)),
  count(*) FILTER (WHERE GAME_ID IS NULL OR PLAYER_ID IS NULL),
  count(*) - count(PLAYER_ID), count(*) - count(TEAM_ABBREVIATION), count(*) - count(MIN), count(*) - count(PTS), count(*) - count(FT_PCT),
  count(PTS), count(*) FILTER (WHERE TRY_CAST(PTS AS DOUBLE) NOT BETWEEN 0 AND 90), count(PTS) - count(TRY_CAST(PTS AS DOUBLE)), min(TRY_CAST(PTS AS DOUBLE)), max(TRY_CAST(PTS AS DOUBLE)),
  count(MIN), count(*) FILTER (WHERE TRY_CAST(MIN AS DOUBLE) NOT BETWEEN 0 AND 65), count(MIN) - count(TRY_CAST(MIN AS DOUBLE)), min(TRY_CAST(MIN AS DOUBLE)), max(TRY_CAST(MIN AS DOUBLE)),
  count(REB), count(*) FILTER (WHERE TRY_CAST(REB AS DOUBLE) NOT BETWEEN 0 AND 40), count(REB) - count(TRY_CAST(REB AS DOUBLE)), min(TRY_CAST(REB AS DOUBLE)), max(TRY_CAST(REB AS DOUBLE)),
  count(PLUS_MINUS), count(*) FILTER (WHERE TRY_CAST(PLUS_MINUS AS DOUBLE) NOT BETWEEN -70 AND 70), count(PLUS_MINUS) - count(TRY_CAST(PLUS_MINUS AS DOUBLE)), min(TRY_CAST(PLUS_MINUS AS DOUBLE)), max(TRY_CAST(PLUS_MINUS AS DOUBLE)),
  count(*) FILTER (WHERE MIN <> '0'), count(*) FILTER (WHERE NOT (MIN <> '0')), count(*) FILTER (WHERE (MIN <> '0') IS NULL)
FROM game_logs GROUP BY 1 ORDER BY 1
