package io.kohaku.engine;

import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Says of stages what a run would do with them and why.
 *
 * @param source the settings
 * @param workspace where the stages are published
 * @param console who is told
 */
record Explanation(SettingsSource source, Workspace workspace, Console console) {

  /**
   * Tells of some stages.
   *
   * @param all that there are, in the order in which they read each other's outputs
   */
  void of(Set<String> told, List<StageJob> all) throws IOException {
    Map<String, StagePlan> plans = new LinkedHashMap<>();
    Map<String, String> troubles = new LinkedHashMap<>();
    for (StageJob stage : all) {
      try {
        stage.checkSources(source.settings(), workspace);
        plans.put(stage.name(), StagePlan.of(stage, source, workspace));
      } catch (SettingsException e) {
        troubles.put(stage.name(), e.getMessage());
      }
    }
    Set<String> doubtful = new TreeSet<>(troubles.keySet());
    for (StageJob stage : all) {
      StagePlan plan = plans.get(stage.name());
      Set<String> waits = new TreeSet<>(plan == null ? Set.of() : plan.inputs().keySet());
      waits.retainAll(doubtful);
      if (told.contains(stage.name())) {
        console.why(
            stage.name(),
            plan == null
                ? List.of("cannot be looked at yet: " + troubles.get(stage.name()))
                : lines(plan, plans, waits));
      }
      if (plan != null && !(plan.isCurrent() && waits.isEmpty())) {
        doubtful.add(stage.name());
      }
    }
  }

  private List<String> lines(StagePlan plan, Map<String, StagePlan> plans, Set<String> waits)
      throws IOException {
    List<String> lines = new ArrayList<>();
    if (plan.isCurrent()) {
      lines.add(
          waits.isEmpty()
              ? "up to date"
              : "up to date unless %s comes out otherwise".formatted(String.join(", ", waits)));
      return lines;
    }
    String hangs = hangs(plan, plans);
    boolean refused = plan.job().refusal(plan, source.settings(), workspace).isPresent();
    String what = plan.published().isEmpty() ? "would be made: " : "would be made again: ";
    lines.add(
        (refused ? "cannot be made: " : what)
            + String.join("; ", plan.reasons())
            + (hangs.isEmpty() ? "" : "; " + hangs));
    lines.addAll(plan.job().notes(plan, source.settings(), workspace));
    return lines;
  }

  /** What would be lost of its own, and of the stages that read it what they would begin anew. */
  private String hangs(StagePlan plan, Map<String, StagePlan> plans) throws IOException {
    Settings settings = source.settings();
    Loss own = plan.job().loss(plan, settings, workspace);
    List<String> all = new ArrayList<>(own.seconds() > 0 ? List.of(own.what()) : List.of());
    Set<String> made = new TreeSet<>(Set.of(plan.job().name()));
    for (StagePlan each : plans.values()) {
      if (each.inputs().keySet().stream().anyMatch(made::contains)) {
        made.add(each.job().name());
        Loss hanging = each.job().hanging(each, settings, workspace);
        all.addAll(hanging.seconds() > 0 ? List.of(hanging.what()) : List.of());
      }
    }
    return String.join(", ", all);
  }
}
