-- All that a model sees of a player before a game.
SELECT
  factors.game_date,
  factors.player_lookup,
  factors.game_id,
  factors.opponent_points_allowed,
  factors.attempts_per_36,
  factors.field_goal_pct,
  cache.points_last_5,
  cache.points_last_10,
  cache.minutes_last_10,
  cache.usage_last_10,
  now() AS processed_at
FROM league_precompute.player_composite_factors AS factors
JOIN league_precompute.player_daily_cache AS cache
  ON cache.cache_date = factors.game_date AND cache.player_lookup = factors.player_lookup
WHERE factors.game_date IN (SELECT unnest($dates))
ORDER BY 1, 2
