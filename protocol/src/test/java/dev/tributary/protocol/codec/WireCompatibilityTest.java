package dev.tributary.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.tributary.protocol.wire.Wire;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** No field of a released version changes its number, type or meaning, or its number is used for another. */
class WireCompatibilityTest {

    @Test
    void everyFieldOfVersionOneIsAsItWas() throws Exception {
        FileDescriptorProto released;
        try (InputStream in = getClass().getResourceAsStream("/golden/v1/tributary.desc")) {
            released = FileDescriptorProto.parseFrom(Objects.requireNonNull(in));
        }
        Map<String, String> now = fields(Wire.getDescriptor().toProto());
        assertThat(fields(released))
                .isNotEmpty()
                .allSatisfy((name, form) -> assertThat(now).containsEntry(name, form));
    }

    /** Place and number of every field and enum value, to its name and type. */
    private static Map<String, String> fields(FileDescriptorProto file) {
        Map<String, String> fields = new TreeMap<>();
        file.getMessageTypeList().forEach(message -> collect("", message, fields));
        return fields;
    }

    private static void collect(String prefix, DescriptorProto message, Map<String, String> fields) {
        String path = prefix + message.getName();
        for (FieldDescriptorProto field : message.getFieldList()) {
            String form = field.getName() + " " + field.getLabel() + " " + field.getType() + " " + field.getTypeName();
            fields.put(path + "#" + field.getNumber(), form);
        }
        for (EnumDescriptorProto values : message.getEnumTypeList()) {
            List<EnumValueDescriptorProto> all = values.getValueList();
            all.forEach(value -> fields.put(path + "." + values.getName() + "#" + value.getNumber(), value.getName()));
        }
        message.getNestedTypeList().forEach(nested -> collect(path + ".", nested, fields));
    }
}
