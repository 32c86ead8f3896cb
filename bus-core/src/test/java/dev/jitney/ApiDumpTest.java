// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The public API as a text in the repository, {@code bus-core/api/bus-core.api}, so that every
 * change of it is seen in review.
 */
class ApiDumpTest {

    private static final List<String> PACKAGES =
            List.of("dev/jitney", "dev/jitney/event", "dev/jitney/spi", "dev/jitney/kotlin");
    private static final Path CLASSES = Path.of("target", "classes");
    private static final Path KEPT = Path.of("api", "bus-core.api");
    private static final Path FOUND = Path.of("target", "bus-core.api");

    @Test
    void thePublicApiIsTheOneThatWasReviewed() throws Exception {
        String found = dump();
        Files.writeString(FOUND, found);
        assertThat(found)
                .as(
                        "The public API has changed. If that is meant, copy"
                                + " bus-core/target/bus-core.api to bus-core/api/bus-core.api.")
                .isEqualTo(Files.readString(KEPT));
    }

    private static String dump() throws Exception {
        StringBuilder text = new StringBuilder();
        for (String name : classNames()) {
            Class<?> type = Class.forName(name, false, ApiDumpTest.class.getClassLoader());
            if (visible(type)) {
                write(type, text);
            }
        }
        return text.toString();
    }

    private static TreeSet<String> classNames() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (String directory : PACKAGES) {
            try (Stream<Path> files = Files.list(CLASSES.resolve(directory))) {
                files.map(file -> file.getFileName().toString())
                        .filter(file -> file.endsWith(".class"))
                        .filter(file -> !file.equals("package-info.class"))
                        .map(file -> directory + "/" + file.replace(".class", ""))
                        .forEach(file -> names.add(file.replace('/', '.')));
            }
        }
        return names;
    }

    /** Kotlin's internal members are public in byte code; their names show what they are. */
    private static boolean visible(Class<?> type) {
        for (Class<?> at = type; at != null; at = at.getEnclosingClass()) {
            if (!Modifier.isPublic(at.getModifiers()) || at.isAnonymousClass() || internal(at)) {
                return false;
            }
        }
        return !type.isSynthetic();
    }

    // Annotations of Kotlin are in the class files, and say what is internal.
    private static boolean internal(Class<?> type) {
        if (!type.getPackageName().equals("dev.jitney.kotlin")) {
            return false;
        }
        return !type.getSimpleName().endsWith("Kt");
    }

    private static void write(Class<?> type, StringBuilder text) {
        text.append(head(type)).append(" {\n");
        List<String> lines = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            if (visible(field)) {
                lines.add(modifiers(field) + name(field.getGenericType()) + " " + field.getName());
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (visible(constructor)) {
                lines.add(modifiers(constructor) + "<init>" + parameters(constructor));
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (visible(method) && !method.getName().contains("$")) {
                lines.add(
                        modifiers(method)
                                + (method.isDefault() ? "default " : "")
                                + name(method.getGenericReturnType())
                                + " "
                                + method.getName()
                                + parameters(method));
            }
        }
        lines.stream().sorted().forEach(line -> text.append("    ").append(line).append('\n'));
        text.append("}\n\n");
    }

    private static String head(Class<?> type) {
        String kind = type.isInterface() ? "" : type.isEnum() ? "enum " : "class ";
        String parents =
                Stream.concat(Stream.ofNullable(type.getGenericSuperclass()), interfaces(type))
                        .map(ApiDumpTest::name)
                        .filter(name -> !name.equals("java.lang.Object"))
                        .collect(Collectors.joining(", "));
        String modifiers = Modifier.toString(type.getModifiers() & ~Modifier.STATIC);
        return modifiers + " " + kind + type.getName() + (parents.isEmpty() ? "" : " : " + parents);
    }

    private static Stream<Type> interfaces(Class<?> type) {
        return Arrays.stream(type.getGenericInterfaces());
    }

    private static <M extends AnnotatedElement & Member> boolean visible(M member) {
        boolean seen = (member.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0;
        return seen && !member.isSynthetic();
    }

    private static String modifiers(Member member) {
        int shown = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT;
        String text = Modifier.toString(member.getModifiers() & shown);
        return text.isEmpty() ? "" : text + " ";
    }

    private static String parameters(Executable executable) {
        String parameters =
                Arrays.stream(executable.getGenericParameterTypes())
                        .map(ApiDumpTest::name)
                        .collect(Collectors.joining(", ", "(", ")"));
        String thrown =
                Arrays.stream(executable.getGenericExceptionTypes())
                        .map(ApiDumpTest::name)
                        .sorted()
                        .collect(Collectors.joining(", "));
        return thrown.isEmpty() ? parameters : parameters + " throws " + thrown;
    }

    private static String name(Type type) {
        return type.getTypeName();
    }
}
