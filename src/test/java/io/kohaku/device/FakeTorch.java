package io.kohaku.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders that look like an installed PyTorch; their libraries are empty files. */
final class FakeTorch {
  private FakeTorch() {}

  /** A wheel's folder; {@code cuda} as its Python has it, {@code None} or quoted. */
  static Path wheel(Path folder, String version, String cuda) throws IOException {
    Path torch = Files.createTempDirectory(folder, "wheel");
    libraries(torch.resolve("lib"));
    Files.writeString(
        torch.resolve("version.py"),
        """
        from typing import Optional

        __all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip']
        __version__ = '%s'
        debug = False
        cuda: Optional[str] = %s
        git_version = 'e2d141dbde55c2a4370fac5165b0561b6af4798b'
        """
            .formatted(version, cuda));
    return torch;
  }

  /** An unpacked libtorch. */
  static Path libtorch(Path folder, String build) throws IOException {
    Path torch = Files.createTempDirectory(folder, "libtorch");
    libraries(torch.resolve("lib"));
    Files.writeString(torch.resolve("build-version"), build);
    return torch;
  }

  /** A folder of libraries and nothing else. */
  static Path libraries(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.createFile(folder.resolve(System.mapLibraryName("torch")));
    return folder;
  }
}
