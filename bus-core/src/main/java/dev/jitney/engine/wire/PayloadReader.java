// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.event.JsonPayload;
import dev.jitney.event.PayloadException;
import dev.jitney.event.PayloadMapper;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.PayloadCodec;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads JSON as a value of a type: of the JDK itself, a record, or what a codec knows. */
final class PayloadReader {

    private final Codecs codecs;
    private final PayloadMapper mapper;

    PayloadReader(Codecs codecs, PayloadMapper mapper) {
        this.codecs = codecs;
        this.mapper = mapper;
    }

    /**
     * Reads a whole payload.
     *
     * @throws PayloadException with the place in it and the reason
     */
    @Nullable Object read(byte[] json, Type type) {
        try {
            Class<?> raw = Types.raw(type);
            if (raw.isPrimitive() && isNull(json)) {
                return null;
            }
            Codecs.Owner owner = Scalars.isJdk(raw) ? null : codecs.of(raw);
            if (owner != null && owner.codec() != null && !isNull(json)) {
                return decode(owner.codec(), json, type);
            }
            return value(JsonTree.read(json), type);
        } catch (PathProblem e) {
            throw new PayloadException(
                    "The payload is not a " + type.getTypeName() + ": " + e.sentence("it") + ".",
                    e.getCause());
        } catch (EventFormatException e) {
            throw new PayloadException("The payload is not JSON. " + e.getMessage(), e);
        }
    }

    private static boolean isNull(byte[] json) {
        return json.length == 4 && json[0] == 'n';
    }

    private @Nullable Object value(@Nullable Object tree, Type type) {
        Class<?> raw = Types.raw(type);
        if (raw == Optional.class) {
            return Optional.ofNullable(tree == null ? null : value(tree, Types.argument(type, 0)));
        }
        if (tree == null) {
            if (raw.isPrimitive()) {
                throw new PathProblem("is null, expected a " + raw.getName(), null);
            }
            return null;
        }
        if (raw == Object.class) {
            return tree;
        }
        if (raw == JsonPayload.class) {
            return JsonPayload.ofChecked(json(tree), mapper);
        }
        if (raw == Map.class || raw == LinkedHashMap.class) {
            return map(tree, type);
        }
        if (raw == List.class
                || raw == Collection.class
                || raw == Iterable.class
                || raw == ArrayList.class) {
            return list(tree, Types.argument(type, 0), new ArrayList<>());
        }
        if (raw == Set.class || raw == LinkedHashSet.class) {
            return list(tree, Types.argument(type, 0), new LinkedHashSet<>());
        }
        if (raw.isArray() && raw != byte[].class) {
            return array(tree, type, raw);
        }
        if (Scalars.isJdk(raw)) {
            return Scalars.read(tree, raw);
        }
        return object(tree, type, raw);
    }

    private Map<Object, @Nullable Object> map(Object tree, Type type) {
        Map<?, ?> members = expectObject(tree);
        Class<?> keys = Types.raw(Types.argument(type, 0));
        Type values = Types.argument(type, 1);
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (Map.Entry<?, ?> member : members.entrySet()) {
            String name = (String) member.getKey();
            try {
                Object key = keys == Object.class ? name : Scalars.readKey(name, keys);
                map.put(key, value(member.getValue(), values));
            } catch (PathProblem e) {
                throw e.in(name);
            }
        }
        return map;
    }

    private <C extends Collection<@Nullable Object>> C list(Object tree, Type element, C into) {
        int index = 0;
        for (Object item : expectArray(tree)) {
            try {
                into.add(value(item, element));
            } catch (PathProblem e) {
                throw e.in(index);
            }
            index++;
        }
        return into;
    }

    private Object array(Object tree, Type type, Class<?> raw) {
        Type element =
                type instanceof GenericArrayType generic
                        ? generic.getGenericComponentType()
                        : raw.getComponentType();
        List<@Nullable Object> items = list(tree, element, new ArrayList<>());
        Object array = Array.newInstance(raw.getComponentType(), items.size());
        for (int i = 0; i < items.size(); i++) {
            Array.set(array, i, items.get(i));
        }
        return array;
    }

    private Object object(Object tree, Type type, Class<?> raw) {
        Codecs.Owner owner = codecs.of(raw);
        if (owner.codec() != null) {
            return decode(owner.codec(), json(tree), type);
        }
        if (owner.shape() != null) {
            return record(expectObject(tree), type, owner.shape());
        }
        throw new PathProblem(
                "is asked for as a "
                        + raw.getTypeName()
                        + ", for which there is no codec. Use a record, a @Serializable class, a"
                        + " Map, or add a PayloadCodec",
                null);
    }

    // Members that the record does not have are passed over, so that a newer writer can add some.
    private Object record(Map<?, ?> members, Type type, RecordShape shape) {
        @Nullable Object[] values = new Object[shape.size()];
        for (int i = 0; i < values.length; i++) {
            String name = shape.name(i);
            Type component = Types.resolve(shape.type(i), type);
            Object member = members.get(name);
            try {
                if (member == null
                        && !members.containsKey(name)
                        && Types.raw(component).isPrimitive()) {
                    throw new PathProblem(
                            "is missing, expected a " + Types.raw(component).getName(), null);
                }
                values[i] = value(member, component);
            } catch (PathProblem e) {
                throw e.in(name);
            }
        }
        return shape.make(values);
    }

    private static Object decode(PayloadCodec codec, byte[] json, Type type) {
        try {
            return codec.decode(json, type);
        } catch (Exception e) {
            // Any exception: a codec written in Kotlin may throw checked ones undeclared.
            throw new PathProblem(
                    "cannot be read: " + Scalars.firstLine(String.valueOf(e.getMessage())), e);
        }
    }

    private static Map<?, ?> expectObject(Object tree) {
        if (tree instanceof Map<?, ?> map) {
            return map;
        }
        throw Scalars.wrong(tree, "an object");
    }

    private static List<?> expectArray(Object tree) {
        if (tree instanceof List<?> list) {
            return list;
        }
        throw Scalars.wrong(tree, "an array");
    }

    private byte[] json(Object tree) {
        return mapper.encode(tree);
    }
}
