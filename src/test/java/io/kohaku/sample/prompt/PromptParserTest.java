package io.kohaku.sample.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptParserTest {
  /** Runs as {@code text*weight}, joined by bars, a slash where a chunk ends. */
  private static String parsed(String prompt) {
    StringBuilder text = new StringBuilder();
    for (PromptRun run : PromptParser.parse(prompt)) {
      double weight = Math.round(run.weight() * 1e6) / 1e6;
      text.append(text.isEmpty() ? "" : "|").append(run.text()).append('*').append(weight);
      text.append(run.breakAfter() ? "/" : "");
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '"',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "red hair>red hair*1.0",
        "a (red) hat>a *1.0|red*1.1| hat*1.0",
        "a ((red)) hat>a *1.0|red*1.21| hat*1.0",
        "[dim], bright>dim*0.909091|, bright*1.0",
        "[[dim]]>dim*0.826446",
        "(moon:1.5) sky>moon*1.5| sky*1.0",
        "(moon: 0.5)>moon*0.5",
        "(moon:-1)>moon*-1.0",
        "(moon:.25)>moon*0.25",
        "(a (b:2) c)>a *1.1|b*2.2| c*1.1",
        "((a:2) b:3)>a*6.0| b*3.0",
        "([same])>same*1.0",
        "(one)(two)>onetwo*1.1",
        "(open to the end>open to the end*1.1",
        "((two open>two open*1.21",
        "x [y>x *1.0|y*0.909091",
        "no open)>no open)*1.0",
        "no open]>no open]*1.0",
        "at 3:45, (half:past)>at 3:45, *1.0|half:past*1.1",
        "weight:1.5) alone>weight:1.5) alone*1.0",
        "\\(round\\) \\[square\\]>(round) [square]*1.0",
        "back\\\\slash \\n>back\\slash \\n*1.0",
        "(rin \\(kagamine\\):1.2)>rin (kagamine)*1.2",
        "()>*1.0",
        "one BREAK two>one*1.0/|two*1.0",
        "(one:1.2) BREAK [two]>one*1.2/|two*0.909091",
        "BREAK two>*1.0/|two*1.0",
        "one BREAK>one*1.0/",
        "one BREAK BREAK two>one*1.0/|*1.0/|two*1.0",
        "OUTBREAK BREAKFAST>OUTBREAK BREAKFAST*1.0",
      })
  void readsEmphasis(String prompt, String expected) {
    assertThat(parsed(prompt)).isEqualTo(expected);
  }

  @Test
  void anEmptyPromptIsOneEmptyRun() {
    assertThat(PromptParser.parse("")).containsExactly(new PromptRun("", 1, false));
  }

  @Test
  void weightsCanBeIgnoredAndBracketsCanBeWords() {
    assertThat(Emphasis.IGNORE.runs("a (b:2)"))
        .containsExactly(new PromptRun("a ", 1, false), new PromptRun("b", 1, false));
    assertThat(Emphasis.NONE.runs("a (b:2)")).containsExactly(new PromptRun("a (b:2)", 1, false));
    assertThat(Emphasis.ORIGINAL.runs("a (b:2)"))
        .isEqualTo(Emphasis.NO_NORM.runs("a (b:2)"))
        .isEqualTo(List.of(new PromptRun("a ", 1, false), new PromptRun("b", 2, false)));
  }
}
