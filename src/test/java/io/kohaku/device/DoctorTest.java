package io.kohaku.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.settings.Precision;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DoctorTest {
  private static final Cpu CPU = new Cpu("Test CPU", 4, 8L << 30, Set.of("avx2", "avx512_bf16"));

  /** 2 * 512 cubed operations in 2.68 ms are 100 GFLOP/s. */
  private static final Map<Precision, Double> SECONDS =
      Map.of(Precision.FP32, 2.684e-3, Precision.BF16, 1.342e-3, Precision.FP16, 26.84e-3);

  private static final List<String> GPU = List.of("GPU 0 (NVIDIA Test, 80.0 GiB)");

  private static Findings found(List<String> gpus, Optional<String> missing) {
    return new Findings("2.7.1 (the jar's cpu natives), in /x", true, gpus, missing, CPU, SECONDS);
  }

  private static Doctor doctor(Findings found, String... overrides) {
    Settings settings = SettingsSource.read(List.of(), List.of(overrides)).settings();
    return Doctor.of(found, settings, "3.5.7, embedded; Java 17");
  }

  private static String verdict(Doctor doctor) {
    assertThat(doctor.lines()).hasSize(5);
    return doctor.lines().get(4);
  }

  @Test
  void aMachineWithoutGpuTrainsOnItsCpuAndSaysHowSlowly() {
    Doctor doctor = doctor(found(List.of(), Optional.empty()), "train.compute=fp16");
    assertThat(doctor.lines())
        .containsExactly(
            "device    no GPU; the CPU (Test CPU, 4 threads, 8.0 GiB)",
            "libtorch  2.7.1 (the jar's cpu natives), in /x",
            "numbers   on the CPU fp32 100 GFLOP/s; bf16 (avx512_bf16) takes 0.5 times as long, fp16 (no instruction) 10 times",
            "spark     3.5.7, embedded; Java 17",
            "verdict   train would run on the CPU in fp16, its adapter in fp32: about 40 minutes for each image of 1024 x 1024");
    assertThat(doctor.usable()).isTrue();
  }

  @Test
  void aMachineWithAGpuTrainsOnIt() {
    Doctor doctor = doctor(found(GPU, Optional.empty()));
    assertThat(verdict(doctor))
        .isEqualTo(
            "verdict   train would run on GPU 0 (NVIDIA Test, 80.0 GiB) in bf16, its adapter in fp32");
    assertThat(doctor.usable()).isTrue();
    assertThat(verdict(doctor(found(GPU, Optional.empty()), "cluster.device=cpu")))
        .startsWith("verdict   train would run on the CPU in bf16");
  }

  @Test
  void aGpuThatLibtorchDoesNotSeeIsTheVerdict() {
    Findings unseen = found(List.of(), Optional.of("no NVIDIA driver"));
    Doctor doctor = doctor(unseen);
    assertThat(doctor.lines().get(0)).startsWith("device    no GPU that libtorch sees; the CPU (");
    assertThat(verdict(doctor))
        .isEqualTo("verdict   train would not run on this machine's GPU: no NVIDIA driver");
    assertThat(doctor.usable()).isFalse();
    assertThat(doctor(unseen, "cluster.device=cpu").usable()).isTrue();
  }

  @Test
  void aGpuThatIsWishedForAndNotThereIsTheVerdict() {
    Doctor doctor = doctor(found(List.of(), Optional.empty()), "cluster.device=gpu");
    assertThat(verdict(doctor))
        .isEqualTo(
            "verdict   train would end with code 4: cluster.device is gpu and there is none");
    assertThat(doctor.usable()).isFalse();
  }

  @Test
  void aLibtorchThatCannotBeLoadedIsTheVerdict() {
    Doctor doctor =
        doctor(new Findings("Cannot load it", false, List.of(), Optional.empty(), CPU, Map.of()));
    assertThat(doctor.lines())
        .contains(
            "libtorch  Cannot load it",
            "numbers   on the CPU bf16 by avx512_bf16, fp16 by no instruction",
            "verdict   nothing would run: libtorch cannot be loaded");
    assertThat(doctor.usable()).isFalse();
  }
}
