// SPDX-License-Identifier: Apache-2.0
package dev.jitney.metrics.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader of the other tests is as strict as it says. */
class PrometheusTextTest {

    @Test
    @DisplayName("The strict reader takes what is right")
    void takesWhatIsRight() {
        PrometheusText text =
                PrometheusText.parse(
                        "# HELP a_total Help \\n me\n# TYPE a_total counter\n"
                                + "a_total{x=\"q\\\"\\\\\\n,}\",y=\"\"} 1.5E3\na_total 0\n"
                                + "# HELP s S\n# TYPE s summary\n"
                                + "s{quantile=\"0.5\"} NaN\ns_sum 1\ns_count 2\n");
        assertThat(text.value("a_total", "x", "q\"\\\n,}", "y", "")).isEqualTo(1500);
        assertThat(text.sum("a_total")).isEqualTo(1500);
        assertThat(text.count("a_total")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# HELP a A\n# TYPE a gauge\na 1",
                "a 1\n",
                "# TYPE a gauge\na 1\n",
                "# HELP a \n# TYPE a gauge\na 1\n",
                "# HELP a A\n# TYPE a counter\na 1\n",
                "# HELP a_total A\n# TYPE a_total gauge\na_total 1\n",
                "# HELP a A\n# TYPE a gauge\na 1\na 2\n",
                "# HELP a A\n# TYPE a gauge\nb 1\n",
                "# HELP a A\n# TYPE a gauge\na{x=\"1\"\"2\"} 1\n",
                "# HELP a A\n# TYPE a gauge\na{x=\"\\q\"} 1\n",
                "# HELP a A\n# TYPE a gauge\na{x=\"1\",x=\"2\"} 1\n",
                "# HELP a A\n# TYPE a gauge\na{x-y=\"1\"} 1\n",
                "# HELP a A\n# TYPE a gauge\na one\n",
                "# HELP a A\n# TYPE a gauge\na 1 \n",
                "# HELP a A\n# TYPE a gauge\n\na 1\n",
                "# HELP a A\n# TYPE a gauge\na{quantile=\"1\"} 1\n",
                "# HELP a_total A\n# TYPE a_total counter\na_total -1\n",
                "# HELP a A\n# TYPE a gauge\na 1\n# HELP b B\n# TYPE b gauge\na{x=\"1\"} 1\n",
                "# HELP a A\n# TYPE a gauge\na 1\n# HELP a A\n# TYPE a gauge\na{x=\"1\"} 1\n",
            })
    @DisplayName("The strict reader refuses what is wrong")
    void refusesWhatIsWrong(String text) {
        assertThatThrownBy(() -> PrometheusText.parse(text)).isInstanceOf(AssertionError.class);
    }
}
