-- The points expected of each player, by two systems: his form, and his form against this defence.
WITH features AS (
  SELECT *, opponent_points_allowed / avg(opponent_points_allowed) OVER (PARTITION BY game_date) AS defence
  FROM league_predictions.ml_feature_store_v2
  WHERE game_date IN (SELECT unnest($dates)) AND points_last_10 IS NOT NULL
)
SELECT
  game_date,
  player_lookup,
  system,
  round(CASE system WHEN 'form' THEN points_last_10 ELSE points_last_10 * coalesce(defence, 1) END, 1) AS predicted_points,
  now() AS processed_at
FROM features
CROSS JOIN (VALUES ('form'), ('form_and_defence')) AS systems(system)
ORDER BY 1, 2, 3
