"""The inquiry workbook (照会票): written for a department, read back, compared with what stands now, stored."""
