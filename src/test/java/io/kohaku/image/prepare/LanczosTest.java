package io.kohaku.image.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected pixels are Pillow 9.4's. */
class LanczosTest {
  private static final String SOURCE_4X5 =
      "6a17018d98061b12f92c49b583e606d7b8bb784ac8630f1f0099c5821563be91fd2b98e4934ae36fca7673e56bab"
          + "cc04f95b2620a9c6660a8ade0d35";

  @ParameterizedTest
  @CsvSource({
    "9, 3, 686900807f00a39f28aea1618166be4722eb3310c83c1e8c442a6232b2c0409ba86c7688a06182bc7dacaca4ce82a6b35c958b458973d63578bc588476909334b99f2ea19d62707e9c6350c3652bd8691c",
    "4, 8, 630006839000140eff2553ca826b00b1b6533722df4827667dee0ed7b0c0804eca61112318ca899f2e8bbc72fc3262bd0f73f4783551b0c1db41c8bf864bed72c27078ed71a2d50ee24f6d3ec9ab636470d7580aff5f1219a0ce670092df0041",
    "13, 5, 5f000b681303783a00896c009093007f902f57608a2c27dc150eff161af32135d22d4bb234589e70e90080e6029ae22abad762d3c2a4d4a5dbb683f38d5fe46f3eb3622477611542630e1b640a0200b5dd009dc81676a73c457f6e1c64a21870c83fa6cd76e3af9cff7da5ff4c9ff32797e20f94d99935f59447e58c63cc818ca774ba8068df6d64ed706aea737ae2618ed93da0d21aaccb02b4c700ff4708ff5822c9754a80968135aab70b9ad41364cb4226a67b007aaa0058cb0242e00e33ef1529",
  })
  void resizesAsPillowDoes(int width, int height, String expected) {
    byte[] resized = new Lanczos(4, 5, width, height).resize(HexFormat.of().parseHex(SOURCE_4X5));
    assertThat(HexFormat.of().formatHex(resized)).isEqualTo(expected);
  }
}
