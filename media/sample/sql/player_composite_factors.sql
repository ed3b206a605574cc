-- What awaits each player of a date's games: the opponent's defence, and his own shooting.
WITH roster AS (
  SELECT
    game_date,
    player_lookup,
    game_id,
    team_abbr,
    CASE team_abbr WHEN split_part(game_id, '_', 2) THEN split_part(game_id, '_', 3) ELSE split_part(game_id, '_', 2) END
      AS opponent_team_abbr
  FROM league_raw.gamebook_player_stats
  WHERE game_date IN (SELECT unnest($dates))
)
SELECT
  roster.*,
  defense.points_allowed_avg AS opponent_points_allowed,
  shots.attempts_per_36,
  shots.field_goal_pct,
  now() AS processed_at
FROM roster
LEFT JOIN league_precompute.team_defense_zone_analysis AS defense
  ON defense.analysis_date = roster.game_date AND defense.team_abbr = roster.opponent_team_abbr
LEFT JOIN league_precompute.player_shot_zone_analysis AS shots
  ON shots.analysis_date = roster.game_date AND shots.player_lookup = roster.player_lookup
ORDER BY 1, 2
