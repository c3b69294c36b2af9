package io.kohaku.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackgroundChannelTest {
  private static final int PART = 3_000_001;

  @Test
  void bytesArriveInOrder() throws IOException {
    byte[] bytes = new byte[8 * PART];
    new Random(1).nextBytes(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (BackgroundChannel channel = new BackgroundChannel(Channels.newChannel(out))) {
      for (int at = 0; at < bytes.length; at += PART) {
        assertThat(channel.write(ByteBuffer.wrap(bytes, at, PART))).isEqualTo(PART);
      }
    }
    assertThat(out.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void aFullDiskIsTold() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    assertThatThrownBy(
            () -> {
              try (BackgroundChannel channel = new BackgroundChannel(Channels.newChannel(full))) {
                for (int i = 0; i < 10; i++) {
                  channel.write(ByteBuffer.allocate(PART));
                }
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("No space left on device");
    assertThatThrownBy(
            () -> {
              try (BackgroundChannel channel = new BackgroundChannel(Channels.newChannel(full))) {
                channel.write(ByteBuffer.allocate(1));
              }
            })
        .hasMessage("No space left on device");
  }
}
