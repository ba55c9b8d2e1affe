require 'spreadsheet'
b = Spreadsheet::Workbook.new
s, old = b.create_worksheet(name: '台账'), b.create_worksheet(name: '旧表')
s[0, 0] = '群众信访举报件办理台账'
s.merge_cells(0, 0, 0, 5)
['序号', '受理编号', '交办日期', '罚款金额（万元）', '办结率', '备注'].each_with_index { |t, c| s[1, c] = t }
[1, '0310', 43633, 3.5, 0.769, ' 前后有空格 '].each_with_index { |v, c| s[2, c] = v }
[2, 'X2YN201906170001', 43634, 12345.678, nil, "第一行\n第二行 & <尖括号> 😀𠮷"].each_with_index { |v, c| s[3, c] = v }
[[2, 2, 'yyyy"年"m"月"d"日"'], [2, 3, '#,##0.00'], [2, 4, '0.0%'], [3, 2, 'yyyy/m/d'], [3, 3, '#,##0.00']].each do |r, c, code|
  s.row(r).set_format(c, Spreadsheet::Format.new(number_format: code))
end
s[4, 0], s[4, 1], s[4, 3] = 3, true, 0.1
s.row(4).hidden = true
s.column(6).hidden = true
old[0, 0] = '旧'
old.visibility = :hidden
b.write ARGV[0]
