package io.kohaku.provenance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Who holds a stage's folder: the content of its lock file.
 *
 * @param host the machine's name
 * @param user the name of the process's user
 * @param pid the process's id
 * @param started when the process began, as {@link ThisMachine#start} tells it; empty if unknown
 * @param since when it took the folder, as an ISO instant
 * @param token tells this taking from all others
 * @param machine what {@link ThisMachine#identity} is there; empty if unknown
 */
record LockHolder(
    String host, String user, long pid, String started, String since, UUID token, String machine) {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** Lets nothing be missing. */
  LockHolder {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(started, "started");
    Objects.requireNonNull(since, "since");
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(machine, "machine");
  }

  /** This process, as it takes a folder now. */
  static LockHolder thisProcess() throws IOException {
    long pid = ProcessHandle.current().pid();
    return new LockHolder(
        ThisMachine.host(),
        System.getProperty("user.name"),
        pid,
        ThisMachine.start(pid).orElse(""),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        UUID.randomUUID(),
        ThisMachine.identity());
  }

  /** Whether this process can see for itself if that one runs: another user's may be hidden. */
  boolean isSeenFrom(LockHolder other) {
    return !machine.isEmpty()
        && machine.equals(other.machine)
        && host.equals(other.host)
        && user.equals(other.user);
  }

  /** Whether the process still runs, if it {@link #isSeenFrom} this one; its id may be reused. */
  boolean isRunning() throws IOException {
    return ThisMachine.start(pid).filter(started::equals).isPresent();
  }

  /** For people. */
  String described() {
    return "process %s of user %s on host %s, since %s".formatted(pid, user, host, since);
  }

  /** As the content of the file. */
  byte[] toJson() {
    try {
      return (JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write lock of " + described() + ": " + e, e);
    }
  }

  /** From the content of the file; nothing if it is not whole. */
  static Optional<LockHolder> fromJson(String text) {
    try {
      return Optional.ofNullable(JSON.readValue(text, LockHolder.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
