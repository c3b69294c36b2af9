package io.kohaku.settings.binding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedactionTest {
  @Test
  void usersOfUrisAreTakenOut() {
    assertThat(Redaction.of("s3a://key:secret@bucket/posts@2023"))
        .isEqualTo("s3a://***@bucket/posts@2023");
    assertThat(Redaction.of("hdfs://host:9000/a@b")).isEqualTo("hdfs://host:9000/a@b");
    assertThat(Redaction.of("a@b, c")).isEqualTo("a@b, c");
  }
}
