package io.kohaku.train;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/** What a class tells while this is open, warnings alone if nothing else is asked for. */
final class CapturedLog extends AbstractAppender implements AutoCloseable {
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private final List<String> traces = new CopyOnWriteArrayList<>();
  private final Logger logger;

  CapturedLog(Class<?> source) {
    this(source.getName(), Level.WARN);
  }

  CapturedLog(String source, Level level) {
    super("captured " + source, null, null, true, Property.EMPTY_ARRAY);
    this.logger = (Logger) LogManager.getLogger(source);
    start();
    logger.addAppender(this);
    Configurator.setLevel(logger.getName(), level);
  }

  @Override
  public void append(LogEvent event) {
    messages.add(event.getMessage().getFormattedMessage());
    if (event.getThrown() != null) {
      traces.add(event.getThrown().getMessage());
    }
  }

  List<String> messages() {
    return messages;
  }

  /** The messages of what was told with its trace. */
  List<String> traces() {
    return traces;
  }

  @Override
  public void close() {
    logger.removeAppender(this);
    stop();
  }
}
