package io.kohaku.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.util.Platform;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstalledTorchTest {
  @TempDir private Path folder;

  @Test
  void aWheelIsFoundByItsFolderAndByThatOfItsLibraries() throws IOException {
    Path torch = FakeTorch.wheel(folder, "2.7.1+cu126", "'12.6'");
    InstalledTorch found = InstalledTorch.at(torch);
    assertThat(found.folder()).isEqualTo(torch.resolve("lib"));
    assertThat(found.version()).isEqualTo("2.7.1");
    assertThat(found.build()).isEqualTo("2.7.1+cu126");
    assertThat(found.cuda()).hasValue("12.6");
    assertThat(InstalledTorch.at(torch.resolve("lib"))).isEqualTo(found);
  }

  @Test
  void anUnpackedLibtorchTellsItsVersionInAFileOfItsOwn() throws IOException {
    assertThat(InstalledTorch.at(FakeTorch.libtorch(folder, "2.7.1+cu128\n")).cuda())
        .hasValue("12.8");
    assertThat(InstalledTorch.at(FakeTorch.libtorch(folder, "2.7.1+cpu\n")).cuda()).isEmpty();
  }

  @Test
  void theJniLibraryFollowsTheBuildAndTheDriver() throws IOException {
    InstalledTorch cuda = InstalledTorch.at(FakeTorch.wheel(folder, "2.7.1+cu126", "'12.6'"));
    assertThat(cuda.flavor(true)).isEqualTo("cu128");
    assertThat(cuda.flavor(false)).as("the one for CUDA needs a driver").isEqualTo("cpu");
    InstalledTorch cpu = InstalledTorch.at(FakeTorch.wheel(folder, "2.7.1+cpu", "None"));
    assertThat(cpu.flavor(true)).isEqualTo("cpu");
    String platform = Platform.detectPlatform("pytorch").getClassifier();
    for (InstalledTorch torch : new InstalledTorch[] {cuda, cpu}) {
      String library =
          "/jnilib/%s/%s/%s"
              .formatted(platform, torch.flavor(true), System.mapLibraryName("djl_torch"));
      assertThat(getClass().getResource(library)).as(library).isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "2.11.0+cu130; '13.0'; it is PyTorch 2.11.0+cu130, and the jar's JNI library is built for 2.7.1: pip install torch==2.7.1",
        "2.7.1+cu118; '11.8'; it is built for CUDA 11.8, and the jar's JNI library for CUDA 12.x"
      },
      quoteCharacter = '`')
  void anotherBuildIsRefused(String version, String cuda, String reason) throws IOException {
    Path torch = FakeTorch.wheel(folder, version, cuda);
    assertThatThrownBy(() -> InstalledTorch.at(torch))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(reason);
  }

  @Test
  void aBuildForRocmIsRefused() throws IOException {
    Path torch = FakeTorch.wheel(folder, "2.7.1+rocm6.3", "None\nhip: Optional[str] = '6.3'");
    assertThatThrownBy(() -> InstalledTorch.at(torch)).hasMessage("it is built for ROCm");
  }

  @Test
  void whatIsNoPyTorchIsRefused() throws IOException {
    assertThatThrownBy(() -> InstalledTorch.at(folder.resolve("nowhere")))
        .hasMessage("no such folder on this machine");
    assertThatThrownBy(() -> InstalledTorch.at(folder))
        .hasMessage("no %s in it or in its folder lib", System.mapLibraryName("torch"));
    Path bare = FakeTorch.libraries(folder.resolve("bare/lib"));
    assertThatThrownBy(() -> InstalledTorch.at(bare))
        .hasMessage("neither version.py nor build-version beside its libraries tells its version");
  }
}
