"""Working days: national holidays, joint leave (cuti bersama), decrees and their coverage."""
