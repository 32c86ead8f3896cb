// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may import whom in bus-core: the table of the design, without exemptions. */
class ArchitectureTest {

    /**
     * A row of the table.
     *
     * @param home the package, with {@code ..} where its sub-packages count too
     * @param ours which of our packages it may use beside itself
     * @param outside which libraries it may use beside the JDK
     */
    private record Layer(String home, List<String> ours, List<String> outside) {

        ArchRule rule() {
            return rule(ours);
        }

        ArchRule rule(List<String> ours) {
            List<String> allowed = new ArrayList<>(List.of(home, "java.."));
            allowed.addAll(ours);
            allowed.addAll(outside);
            return classes()
                    .that(resideInAPackage(home))
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(allowed.toArray(String[]::new)).or(primitive()))
                    .as("Package %s may use: %s".formatted(home, String.join(", ", allowed)));
        }

        @Override
        public String toString() {
            return home;
        }
    }

    private static final String EVENT = "dev.jitney.event";
    private static final String SPI = "dev.jitney.spi";
    private static final String ROOT = "dev.jitney";
    private static final String ENGINE = "dev.jitney.engine";
    private static final String PLUGIN = "dev.jitney.engine.plugin";
    private static final String MEMORY = "dev.jitney.engine.memory";
    private static final String NAMING = "dev.jitney.engine.naming";
    private static final String READY = "dev.jitney.engine.ready";
    private static final String WIRE = "dev.jitney.engine.wire";
    private static final String KOTLIN = "dev.jitney.kotlin";
    private static final String TCK = "dev.jitney.tck";
    private static final String TEST_KIT = "dev.jitney.test";

    private static final String JSPECIFY = "org.jspecify.annotations";
    private static final String STDLIB = "kotlin..";
    // What the Kotlin compiler writes into every class.
    private static final String KOTLIN_ANNOTATIONS = "org.jetbrains.annotations";
    private static final String COROUTINES = "kotlinx.coroutines..";
    private static final String SERIALIZATION = "kotlinx.serialization..";
    private static final String SLF4J = "org.slf4j..";

    private static final List<Layer> LAYERS =
            List.of(
                    new Layer(EVENT, List.of(), List.of(JSPECIFY)),
                    new Layer(SPI, List.of(EVENT), List.of(JSPECIFY)),
                    new Layer(ROOT, List.of(EVENT, SPI), List.of(JSPECIFY)),
                    new Layer(PLUGIN, List.of(EVENT, SPI), List.of(JSPECIFY)),
                    new Layer(MEMORY, List.of(EVENT, SPI), List.of(JSPECIFY)),
                    new Layer(NAMING, List.of(EVENT, SPI), List.of(JSPECIFY)),
                    new Layer(READY, List.of(EVENT, SPI, PLUGIN), List.of(JSPECIFY, SLF4J)),
                    new Layer(
                            WIRE,
                            List.of(EVENT, SPI),
                            List.of(JSPECIFY, STDLIB, KOTLIN_ANNOTATIONS, SERIALIZATION)),
                    new Layer(
                            ENGINE,
                            List.of(EVENT, SPI, ROOT, PLUGIN, MEMORY, WIRE),
                            List.of(STDLIB, KOTLIN_ANNOTATIONS, COROUTINES, SERIALIZATION, SLF4J)),
                    new Layer(
                            KOTLIN,
                            List.of(EVENT, ROOT),
                            List.of(STDLIB, KOTLIN_ANNOTATIONS, COROUTINES)));

    /** The root is for the wire form alone, which the contract hands to the plugin under test. */
    private static final Layer TCK_LAYER =
            new Layer(
                    TCK,
                    List.of(EVENT, SPI, ROOT),
                    List.of(JSPECIFY, "org.junit.jupiter.api..", "org.assertj.core.api.."));

    /** No test framework: users have their own. */
    private static final Layer TEST_KIT_LAYER =
            new Layer(
                    TEST_KIT,
                    List.of(EVENT, SPI, ROOT, KOTLIN),
                    List.of(JSPECIFY, STDLIB, KOTLIN_ANNOTATIONS, COROUTINES));

    private static final JavaClasses MAIN =
            importer()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(ROOT);

    private static final JavaClasses KIT = importer().importPackages(TCK);

    private static final JavaClasses TESTING = importer().importPackages(TEST_KIT);

    /** Names are all that is needed of libraries: reading them too would take ten times as long. */
    private static ClassFileImporter importer() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter();
    }

    static List<Layer> layers() {
        return LAYERS;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void packagesUseOnlyWhatTheTableAllows(Layer layer) {
        layer.rule().check(MAIN);
    }

    @Test
    void theTckUsesOnlyWhatAPluginAuthorHas() {
        TCK_LAYER.rule().check(KIT);
    }

    @Test
    void theTestKitUsesOnlyWhatAnApplicationHas() {
        TEST_KIT_LAYER.rule().check(TESTING);
        assertThat(packages(TESTING.stream().toList())).containsExactly(TEST_KIT);
    }

    @Test
    void everyPackageHasARow() {
        Set<String> rows = LAYERS.stream().map(Layer::home).collect(Collectors.toSet());
        assertThat(packages(MAIN.stream().toList()))
                .as(
                        "Packages of bus-core. A new one needs a row in the table of this test and"
                                + " in the design.")
                .isSubsetOf(rows);
    }

    @Test
    void theRulesCanFail() {
        assertThat(layer(SPI).rule(List.of()).evaluate(MAIN).hasViolation()).isTrue();
        assertThat(layer(PLUGIN).rule(List.of(EVENT)).evaluate(MAIN).hasViolation()).isTrue();
        assertThat(layer(ENGINE).rule(List.of(EVENT, SPI)).evaluate(MAIN).hasViolation()).isTrue();
        assertThat(usesKotlin(List.of(ENGINE)).evaluate(MAIN).hasViolation()).isTrue();
        assertThat(layer(SPI).rule(List.of()).getDescription())
                .isEqualTo(
                        "Package dev.jitney.spi may use: dev.jitney.spi, java..,"
                                + " org.jspecify.annotations");
    }

    @Test
    void packagesHaveNoCycle() {
        slices().assignedFrom(new ByPackage()).should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void javaNeverImportsKotlin() {
        usesKotlin(List.of(EVENT, SPI, ROOT, PLUGIN, MEMORY, NAMING)).check(MAIN);
    }

    private static ArchRule usesKotlin(List<String> packages) {
        return noClasses()
                .that()
                .resideInAnyPackage(packages.toArray(String[]::new))
                .should()
                .dependOnClassesThat(resideInAnyPackage("kotlin..", "kotlinx..").or(kotlin()))
                .as("Java packages may use Java classes only: " + packages);
    }

    @Test
    void nothingSleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .orShould()
                .callMethod(Thread.class, "sleep", java.time.Duration.class)
                .as("Wait for a condition with a limit, on a lock or a queue; do not sleep")
                .check(MAIN);
    }

    @Test
    void everyJavaPackageIsNullMarked() throws ClassNotFoundException {
        List<JavaClass> java = new ArrayList<>();
        MAIN.stream().filter(not(kotlin())::test).forEach(java::add);
        KIT.forEach(java::add);
        TESTING.stream().filter(not(kotlin())::test).forEach(java::add);
        for (String name : packages(java)) {
            Class<?> info = Class.forName(name + ".package-info");
            assertThat(info.isAnnotationPresent(NullMarked.class))
                    .as("Package %s has a package-info.java with @NullMarked", name)
                    .isTrue();
        }
    }

    @Test
    void thePublicApiStaysSmall() {
        assertThat(publicTypes(EVENT, ROOT, KOTLIN))
                .as("Public types that an application sees: %s", ADVICE)
                .hasSizeLessThanOrEqualTo(60);
        assertThat(publicTypes(SPI))
                .as("Public types that a plugin author sees as well: %s", ADVICE)
                .hasSizeLessThanOrEqualTo(62);
    }

    private static final String ADVICE =
            "too many. Make some package-private, nest them, or write a decision record.";

    private static List<String> publicTypes(String... packages) {
        return MAIN.stream()
                .filter(resideInAnyPackage(packages)::test)
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> type.isTopLevelClass())
                .filter(not(simpleName("package-info"))::test)
                .map(JavaClass::getName)
                .sorted()
                .toList();
    }

    /** Each package of ours is a slice of its own; everything else is in none. */
    private static final class ByPackage implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return resideInAPackage(ROOT + "..").test(type)
                    ? SliceIdentifier.of(type.getPackageName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages of bus-core";
        }
    }

    private static Layer layer(String home) {
        return LAYERS.stream().filter(one -> one.home().equals(home)).findFirst().orElseThrow();
    }

    private static Set<String> packages(List<JavaClass> classes) {
        return classes.stream()
                .map(JavaClass::getPackageName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static DescribedPredicate<JavaClass> primitive() {
        return DescribedPredicate.describe(
                "primitive types", type -> type.getBaseComponentType().isPrimitive());
    }

    private static DescribedPredicate<JavaClass> kotlin() {
        return DescribedPredicate.describe(
                "written in Kotlin", type -> type.isAnnotatedWith("kotlin.Metadata"));
    }
}
