"""What would people find if we hid something?

Six exercises: in each a clean simulated world into which known errors are planted, beside things that look wrong and
are right. The key comes from the planting, never from the checks. `tumen.simulate.exercises.course.made` makes one, and
`tumen.simulate.exercises.marking.mark` marks a sheet of answers.
"""
