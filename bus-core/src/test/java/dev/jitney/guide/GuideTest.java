// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the guide quotes is what its tests compile and run, and its links lead somewhere. */
class GuideTest {

    private static final Path DOCS = Path.of("docs");
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Map<String, Path> SOURCES =
            Map.of(
                    "java", Path.of("src", "test", "java", "dev", "jitney", "guide"),
                    "kotlin", Path.of("src", "test", "kotlin", "dev", "jitney", "guide"));

    private static final Pattern BLOCK =
            Pattern.compile("^```(\\w*)\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern REGION =
            Pattern.compile(
                    "^ *// guide:start (\\S+)\n(.*?)^ *// guide:end$",
                    Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)#]+)(#[^)]*)?\\)");

    static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(DOCS)) {
            return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void eachExampleOfAPageIsOneThatATestRuns(Path page) throws IOException {
        for (String language : SOURCES.keySet()) {
            assertThat(blocks(page).getOrDefault(language, List.of()))
                    .as("blocks of %s in %s, in the order of the sources", language, page)
                    .containsExactlyInAnyOrderElementsOf(
                            regions(language).getOrDefault(nameOf(page), List.of()));
        }
        assertThat(blocks(page).keySet())
                .as("languages in %s: others are not compiled by anything", page)
                .isSubsetOf("java", "kotlin", "xml");
    }

    @Test
    void eachRegionNamesAPage() throws IOException {
        TreeSet<String> named = new TreeSet<>();
        for (String language : SOURCES.keySet()) {
            named.addAll(regions(language).keySet());
        }
        assertThat(named).isSubsetOf(pages().stream().map(GuideTest::nameOf).toList());
        assertThat(named).hasSizeGreaterThan(12);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void relativeLinksLeadSomewhere(Path page) throws IOException {
        Matcher link = LINK.matcher(Files.readString(page));
        while (link.find()) {
            if (!link.group(1).contains("://")) {
                Path target = ROOT.resolve("bus-core/docs").resolve(link.group(1)).normalize();
                assertThat(target).as("link in %s", page).exists();
            }
        }
    }

    @Test
    void theIndexNamesEveryPageAndSoDoesTheReadme() throws IOException {
        String index = Files.readString(DOCS.resolve("README.md"));
        String readme = Files.readString(ROOT.resolve("README.md"));
        for (Path page : pages()) {
            String file = page.getFileName().toString();
            if (!file.equals("README.md")) {
                assertThat(index).contains("](" + file + ")");
                assertThat(readme).contains("](bus-core/docs/" + file + ")");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void aPageIsShortEnoughToBeRead(Path page) throws IOException {
        assertThat(Files.readAllLines(page)).as("lines of %s", page).hasSizeBetween(20, 110);
    }

    @Test
    void theChecksCanFail() throws IOException {
        assertThat(blocks(DOCS.resolve("publish.md")).get("java")).hasSize(3);
        assertThat(regions("java").get("publish")).hasSize(3);
        assertThat(regions("kotlin").get("publish"))
                .singleElement()
                .asString()
                .startsWith("eventBus(");
    }

    private static Map<String, List<String>> blocks(Path page) throws IOException {
        Map<String, List<String>> blocks = new TreeMap<>();
        Matcher block = BLOCK.matcher(Files.readString(page));
        while (block.find()) {
            blocks.computeIfAbsent(block.group(1), language -> new ArrayList<>())
                    .add(block.group(2).strip());
        }
        return blocks;
    }

    /** The regions of the sources in a language, by the page that they name. */
    private static Map<String, List<String>> regions(String language) throws IOException {
        Map<String, List<String>> regions = new TreeMap<>();
        try (Stream<Path> files = Files.list(SOURCES.get(language))) {
            for (Path file : files.sorted().toList()) {
                Matcher region = REGION.matcher(Files.readString(file));
                while (region.find()) {
                    regions.computeIfAbsent(region.group(1), page -> new ArrayList<>())
                            .add(region.group(2).stripTrailing().stripIndent().strip());
                }
            }
        }
        return regions;
    }

    private static String nameOf(Path page) {
        return page.getFileName().toString().replace(".md", "");
    }
}
