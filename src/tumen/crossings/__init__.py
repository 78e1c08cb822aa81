"""Did it cross?

`answer.transborder` puts it together: detections become independent encounters (`encounters`), encounters on two sides
become crossings (`find`) with bounds where a side is uncertain (`bounds`), each individual gets its status
(`residence`, with the effort behind it from `behind`), and all of them the joint table (`joint`).
"""
