package io.kohaku.train.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.kohaku.provenance.Change;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.TrainSettings;
import io.kohaku.settings.TrainSettings.Curve;
import io.kohaku.settings.TrainSettings.Extend;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.train.checkpoint.CheckpointStore;
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
 * @param settings all that bear on training, whether they decide its result or not
 * @param published what the training stage has published
 */
public record RunStart(
    RunLedger ledger,
    TrainingRun run,
    TrainSettings train,
    SortedMap<String, JsonNode> settings,
    Optional<Manifest> published) {
  private static final Logger LOG = LoggerFactory.getLogger(RunStart.class);
  private static final String UPDATES = "updates";

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
          "goes on from update %s of the run in %s".formatted(update.getAsLong(), run.folder()));
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
    return run.update().isPresent() ? Optional.empty() : ledger.latestBut(run);
  }

  /**
   * Begins the run, or goes on where its folder stands.
   *
   * @throws SettingsException if it cannot go on as it is asked to
   */
  public TrainingRun begin() throws IOException {
    Optional<String> refusal = refusal();
    if (refusal.isPresent()) {
      throw new SettingsException(refusal.get());
    }
    if (train.branchFrom().isPresent() && run.update().isEmpty()) {
      RunLedger.branchPoint(train.branchFrom().get()).copyInto(run.folder());
    }
    run.begin();
    run.history().note(run.update().orElse(0), settings);
    return run;
  }

  /** Begins the run anew; what there is of it keeps lying beside it. */
  public TrainingRun beginAnew() throws IOException {
    LOG.info("The run so far lies in {} now", ledger.setAside(run));
    return begin();
  }

  /** Why the run that is there cannot go on as it is asked to, and what to do. */
  public Optional<String> refusal() throws IOException {
    OptionalLong update = run.update();
    if (update.isEmpty()) {
      return Optional.empty();
    }
    List<Change> changes = changed();
    List<Change> length =
        changes.stream().filter(change -> RunMakeup.LENGTH.holds(change.name())).toList();
    boolean shorter = train.steps() > 0 && train.steps() < update.getAsLong();
    if (shorter && !new CheckpointStore(run.folder(), 1).has(train.steps())) {
      return Optional.of(
          refusal(
              "has come further than train.steps = %s and has no checkpoint of that update"
                  .formatted(train.steps()),
              "raise it"));
    }
    if (isFinished() && length.isEmpty() && !changes.isEmpty()) {
      return Optional.of(
          refusal(
              "is over, and %s would hold from the next update on".formatted(texts(changes)),
              "raise train.epochs or train.steps"));
    }
    boolean bends = train.schedule().curve() == Curve.COSINE;
    if (bends && train.schedule().extend() == Extend.REFUSE && !length.isEmpty()) {
      return Optional.of(
          refusal(
              "has learning rates that depend on its end, which %s moves".formatted(texts(length)),
              "set train.schedule.extend = rescale"));
    }
    return Optional.empty();
  }

  private String refusal(String why, String way) throws IOException {
    long update = run.update().orElse(0);
    return "Cannot go on with the run at update %s in %s: it %s (%s, branch from it by train.branch-from = \"%s@%s\" under another run.seed or other settings, or give --force to begin it anew)"
        .formatted(update, run.folder(), why, way, run.folder(), update);
  }

  private static String texts(List<Change> changes) {
    return String.join(", ", changes.stream().map(Change::text).toList());
  }

  /** Whether what is published is this run, as far as it has come. */
  public boolean isFinished() throws IOException {
    OptionalLong update = run.update();
    return published.isPresent()
        && update.isPresent()
        && !published.get().hasNoRevision()
        && RunMakeup.of(published.get()).id().equals(run.makeup().id())
        && published.get().counts().get(UPDATES) == update.getAsLong();
  }

  /** What decides the result and is different from now on. */
  private List<Change> changed() throws IOException {
    SortedMap<String, JsonNode> before =
        isFinished() ? published.orElseThrow().settingsByKey() : run.history().settings();
    return before.isEmpty()
        ? List.of()
        : Change.ofSettings(RunMakeup.CHANGEABLE.of(before), RunMakeup.CHANGEABLE.of(settings));
  }
}
