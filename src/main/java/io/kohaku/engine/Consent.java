package io.kohaku.engine;

import io.kohaku.settings.Settings;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Whether a lot of work may be thrown away: asked at a terminal, and given beforehand by {@code
 * --force}. Given once it holds for all stages of the application.
 */
public final class Consent {
  private final boolean forced;
  private final Optional<UnaryOperator<String>> terminal;
  private boolean given;

  private Consent(boolean forced, Optional<UnaryOperator<String>> terminal) {
    this.forced = forced;
    this.terminal = terminal;
  }

  /** Of someone who runs even what is up to date. */
  public static Consent forced() {
    return new Consent(true, Optional.empty());
  }

  /** To be asked for where there is a terminal. */
  public static Consent asked() {
    return new Consent(
        false, Optional.ofNullable(System.console()).map(console -> console::readLine));
  }

  /** Of someone who is shown a text and answers. */
  static Consent of(UnaryOperator<String> person) {
    return new Consent(false, Optional.of(person));
  }

  /** Whether stages run even if they are up to date. */
  boolean isForced() {
    return forced;
  }

  /**
   * Asks if carrying out this plan throws away more than the settings allow.
   *
   * @throws SettingsException if nobody says yes
   */
  void ask(StagePlan plan, Settings settings, Workspace workspace) throws IOException {
    Loss loss = plan.job().loss(plan, settings, workspace);
    Duration most = settings.run().confirmAbove();
    if (forced || given || loss.seconds() * 1e3 <= most.toMillis()) {
      return;
    }
    List<String> text = new ArrayList<>();
    text.add(
        "Making %s again throws away %s, %s of work:"
            .formatted(plan.job().name(), loss.what(), time(loss.seconds())));
    plan.reasons().forEach(reason -> text.add("  " + reason));
    if (terminal.isEmpty()) {
      text.add("Nothing was done (give --force to do it, or raise run.confirm-above)");
      throw new SettingsException(text);
    }
    text.add("Go on? [y/N] ");
    String answer = terminal.get().apply(String.join(System.lineSeparator(), text));
    if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
      throw new SettingsException("Nothing was done");
    }
    given = true;
  }

  private static String time(double seconds) {
    Duration time = Duration.ofSeconds(Math.round(seconds));
    return time.toDays() > 0
        ? time.toDays() + " d " + time.toHoursPart() + " h"
        : time.toHours() > 0
            ? time.toHours() + " h " + time.toMinutesPart() + " min"
            : time.toMinutes() + " min " + time.toSecondsPart() + " s";
  }
}
