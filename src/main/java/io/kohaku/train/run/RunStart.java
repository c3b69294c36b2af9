package io.kohaku.train.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.kohaku.provenance.Change;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.TrainSettings;
import io.kohaku.settings.TrainSettings.Curve;
import io.kohaku.settings.TrainSettings.Extend;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.train.checkpoint.BranchPoint;
import io.kohaku.train.checkpoint.CheckpointStore;
import io.kohaku.train.plan.RunPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What starting the training does with the runs that are there.
 *
 * @param ledger the runs
 * @param run the one that is started
 * @param train how it is trained
 * @param plan what it consists of by the settings of now
 * @param settings all that bear on training, whether they decide its result or not
 * @param published what the training stage has published
 */
public record RunStart(
    RunLedger ledger,
    TrainingRun run,
    TrainSettings train,
    RunPlan plan,
    SortedMap<String, JsonNode> settings,
    Optional<Manifest> published) {
  private static final Logger LOG = LoggerFactory.getLogger(RunStart.class);

  /** The count of updates that a published run has done. */
  public static final String UPDATES = "updates";

  /** What a person should know before the start. */
  public List<String> notes() throws IOException {
    OptionalLong update = run.update();
    List<String> notes = new ArrayList<>();
    Optional<String> refusal = refusal();
    if (refusal.isPresent()) {
      return List.of(refusal.get());
    }
    if (update.isPresent()) {
      notes.add(
          isSpent()
              ? "begins anew, the run so far stays beside it"
              : "goes on from update %s of the run in %s"
                  .formatted(update.getAsLong(), run.folder()));
      run.worthless().ifPresent(note -> notes.add("  it came to nothing: " + note.why()));
      changed().forEach(change -> notes.add("  " + change.text()));
      return notes;
    }
    Optional<TrainingRun> other = ledger.latestBut(run);
    if (other.isPresent() && other.get().update().isPresent()) {
      notes.add(
          "begins a new run; the one at update %s in %s stays as it is:"
              .formatted(other.get().update().getAsLong(), other.get().folder()));
      run.makeup().since(other.get().makeup()).forEach(change -> notes.add("  " + change.text()));
    }
    for (Path older : ledger.older()) {
      notes.add(
          "a run of an older version lies in %s (train.branch-from = \"%s\" takes up its state)"
              .formatted(older, older));
    }
    return notes;
  }

  /** The run whose work is in what there is: this one, else the one before it. */
  public Optional<TrainingRun> atHand() throws IOException {
    return run.update().isPresent() ? Optional.of(run) : ledger.latestBut(run);
  }

  /** The run that a new one takes the place of, if it is a new one. */
  public Optional<TrainingRun> left() throws IOException {
    if (isSpent()) {
      return Optional.of(run);
    }
    return run.update().isPresent() ? Optional.empty() : ledger.latestBut(run);
  }

  /**
   * Begins the run, or goes on where its folder stands. A run that is over and worth nothing gives
   * way to one of other settings.
   *
   * @throws SettingsException if it cannot go on as it is asked to
   */
  public TrainingRun begin() throws IOException {
    return isSpent() ? beginAnew() : begin(Optional.empty());
  }

  /** Notes that the run came to nothing: another start may then take its place. */
  public void endedWorthless(String why) throws IOException {
    if (run.update().isPresent()) {
      run.noteWorthless(run.update().getAsLong() >= plan.updates(), why);
    }
  }

  /** Begins the run anew; what there is of it keeps lying beside it. */
  public TrainingRun beginAnew() throws IOException {
    Path aside = ledger.setAside(run);
    LOG.info("The run so far lies in {} now", aside);
    return begin(BranchPoint.copiedInto(aside));
  }

  private TrainingRun begin(Optional<BranchPoint> kept) throws IOException {
    Optional<String> refusal = refusal();
    if (refusal.isPresent()) {
      throw new SettingsException(refusal.get());
    }
    if (train.branchFrom().isPresent() && run.update().isEmpty()) {
      branch(train.branchFrom().get(), kept);
    }
    run.worthless()
        .ifPresent(
            note -> LOG.warn("It came to nothing so far, --force begins it anew: {}", note.why()));
    run.begin();
    run.history().note(Math.min(run.update().orElse(origin()), plan.updates()), settings);
    return run;
  }

  /** The update that a run which has made none begins at. */
  private long origin() throws IOException {
    return BranchPoint.copiedInto(run.folder()).map(BranchPoint::update).orElse(0L);
  }

  /** A copy of the origin that is there already is enough; the origin may have gone since then. */
  private void branch(String place, Optional<BranchPoint> kept) throws IOException {
    if (BranchPoint.copiedInto(run.folder()).isPresent()) {
      return;
    }
    BranchPoint origin = kept.isPresent() ? kept.get() : RunLedger.branchPoint(place);
    if (!origin.digest().equals(run.makeup().inputs().get(RunLedger.BRANCH).digest())) {
      throw new SettingsException(
          "Invalid train.branch-from: %s (it stands at update %s now, and this run began from another checkpoint: name that one with @update)"
              .formatted(place, origin.update()));
    }
    origin.copyInto(run.folder());
  }

  /** Whether the run came to nothing at its newest checkpoint. */
  public boolean isWorthless() throws IOException {
    return run.worthless().isPresent();
  }

  /** Whether the run is over and came to nothing, though other settings hold from now on. */
  private boolean isSpent() throws IOException {
    return run.worthless().filter(TrainingRun.Worthless::over).isPresent()
        && !changed().isEmpty()
        && !isOver();
  }

  /** Why the run that is there cannot go on as it is asked to, and what to do. */
  public Optional<String> refusal() throws IOException {
    if (isSpent()) {
      return Optional.empty();
    }
    Optional<TrainingRun.Worthless> worthless = run.worthless().filter(TrainingRun.Worthless::over);
    if (worthless.isPresent() && !changed().isEmpty()) {
      return Optional.of(
          refusal(
              "has come to nothing since it was published: " + worthless.get().why(),
              "look for its earlier checkpoints",
              published.orElseThrow().counts().get(UPDATES)));
    }
    return obstacle();
  }

  private Optional<String> obstacle() throws IOException {
    boolean unprepared = plan.sizes().isEmpty(); // Training, or what comes before it, says why.
    if (run.update().isEmpty() || unprepared) {
      return Optional.empty();
    }
    long update = run.update().getAsLong();
    if (plan.updates() < update && !new CheckpointStore(run.folder()).has(plan.updates())) {
      return Optional.of(
          refusal(
              "has no checkpoint of update %s, at which it would end".formatted(plan.updates()),
              "raise train.epochs or train.steps"));
    }
    List<Change> others =
        changed().stream().filter(change -> !RunMakeup.LENGTH.holds(change.name())).toList();
    if (plan.updates() <= update && !others.isEmpty()) {
      return Optional.of(
          refusal(
              "is over, and %s would hold from the next update on".formatted(texts(others)),
              "raise train.epochs or train.steps"));
    }
    long before = endBefore();
    boolean bends = train.schedule().curve() == Curve.COSINE && before != plan.updates();
    return bends && train.schedule().extend() == Extend.REFUSE
        ? Optional.of(
            refusal(
                "has learning rates that depend on its end, which moves from update %s to %s"
                    .formatted(before, plan.updates()),
                "set train.schedule.extend = rescale"))
        : Optional.empty();
  }

  /** At which update the run would have ended by the settings that held last. */
  private long endBefore() throws IOException {
    SortedMap<String, JsonNode> before = run.history().settings();
    return before.isEmpty()
        ? plan.updates()
        : plan.until(before.get("train.epochs").asInt(), before.get("train.steps").asLong())
            .updates();
  }

  private String refusal(String why, String way) throws IOException {
    return refusal(why, way, run.update().orElse(0));
  }

  private String refusal(String why, String way, long good) throws IOException {
    return "Cannot go on with the run at update %s in %s: it %s (%s, branch from it by train.branch-from = \"%s@%s\" under another run.seed or other settings, or give --force to begin it anew)"
        .formatted(run.update().orElse(0), run.folder(), why, way, run.folder(), good);
  }

  private static String texts(List<Change> changes) {
    return String.join(", ", changes.stream().map(Change::text).toList());
  }

  /**
   * Whether this run is what is published, and not a later start of it that has yet to come so far.
   */
  public boolean isOver() throws IOException {
    OptionalLong update = run.update();
    return published.isPresent()
        && update.isPresent()
        && !published.get().hasNoRevision()
        && RunMakeup.of(published.get()).id().equals(run.makeup().id())
        && published.get().counts().get(UPDATES) <= update.getAsLong();
  }

  /** What decides the result and is different from now on. */
  private List<Change> changed() throws IOException {
    SortedMap<String, JsonNode> before = run.history().settings();
    return before.isEmpty()
        ? List.of()
        : Change.ofSettings(RunMakeup.CHANGEABLE.of(before), RunMakeup.CHANGEABLE.of(settings));
  }
}
